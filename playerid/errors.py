"""What can go wrong with the input. Each message says what was expected, what came, what to do."""


class PlayerIdError(Exception):
    """The input is at fault; trying again cannot help."""


class GameError(PlayerIdError):
    """A game file is missing, incomplete or contradicts itself."""


class VideoError(PlayerIdError):
    """A video cannot be decoded, or holds no usable picture."""


class CalibrationError(PlayerIdError):
    """A point has no place on the floor, or a court view cannot be solved."""


class WeightsError(PlayerIdError):
    """Model weights are missing, or are not the ones the pack names."""


class TableError(PlayerIdError):
    """Rows do not match the declaration of their table."""


class TooSlowError(TableError):
    """A question ran longer than it may; with less to do, or at a quieter time, it may not."""


class ArchiveError(PlayerIdError):
    """The archive cannot be used as asked: an unsafe name, a refused replacement."""


class DamagedError(ArchiveError):
    """Something of the archive is torn, or is not what its place says; it can be made again."""


class StorageError(Exception):
    """The storage fails for the time being; trying again later may help."""


class DeploymentError(PlayerIdError):
    """A server cannot be set up as asked."""


class LabelsError(PlayerIdError):
    """Labels or a prediction file cannot be scored."""
