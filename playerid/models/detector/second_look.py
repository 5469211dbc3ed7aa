"""A second look at players: their torsos, enlarged side by side, where numbers are easy to find."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

Boxes = NDArray[np.float32]


def find_torsos(boxes_px: Boxes) -> Boxes:
    """Squares around the upper bodies of people.

    Args:
        boxes_px: (N, 4) whole people.

    Returns:
        (N, 4) squares; they may reach beyond the picture.
    """
    width, height = boxes_px[:, 2] - boxes_px[:, 0], boxes_px[:, 3] - boxes_px[:, 1]
    side = np.maximum(0.6 * height, 0.75 * width)
    x_min = (boxes_px[:, 0] + boxes_px[:, 2] - side) / 2
    y_min = boxes_px[:, 1] + 0.02 * height
    return np.stack([x_min, y_min, x_min + side, y_min + side], axis=1).astype(np.float32)


@dataclass(frozen=True, slots=True)
class Sheet:
    """Squares of a picture, laid out in rows of equal cells.

    Attributes:
        squares_px: (N, 4) in the picture; N is at most what the sheet holds.
        height_px: of the sheet.
        width_px: of the sheet.
        cell_px: side of a cell.
    """

    squares_px: Boxes
    height_px: int
    width_px: int
    cell_px: int

    @staticmethod
    def capacity(height_px: int, width_px: int, cell_px: int) -> int:
        """How many cells a sheet holds."""
        return (height_px // cell_px) * (width_px // cell_px)

    @property
    def corners_px(self) -> NDArray[np.int64]:
        """(N, 2) upper left corners (x, y) of the cells."""
        order = np.arange(len(self.squares_px))
        columns = self.width_px // self.cell_px
        return np.stack([order % columns, order // columns], axis=1) * self.cell_px

    def draw(self, image: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """Cut the squares out of a picture; what is beyond it, and free cells, are grey."""
        sheet = np.full((self.height_px, self.width_px, 3), 110, np.uint8)
        size = (self.cell_px, self.cell_px)
        for square, (x, y) in zip(self.squares_px, self.corners_px.tolist(), strict=True):
            scale = self.cell_px / float(square[2] - square[0])
            offset = 0.5 * scale - 0.5
            to_cell = np.array(
                [[scale, 0, offset - square[0] * scale], [0, scale, offset - square[1] * scale]]
            )
            sheet[y : y + self.cell_px, x : x + self.cell_px] = cv2.warpAffine(
                image, to_cell, size, flags=cv2.INTER_LINEAR, borderValue=(110, 110, 110)
            )
        return sheet

    def to_sheet(self, boxes_px: Boxes, cell: int) -> Boxes:
        """Boxes of the picture as seen in one cell, not clipped to it."""
        square = self.squares_px[cell]
        scale = self.cell_px / (square[2] - square[0])
        corner = np.tile(self.corners_px[cell], 2)
        return np.asarray((boxes_px - np.tile(square[:2], 2)) * scale + corner, np.float32)

    def to_image(self, boxes_px: Boxes) -> tuple[Boxes, NDArray[np.bool_]]:
        """Boxes found on the sheet, in the picture.

        Returns:
            (N, 4) boxes, and (N,) whether the middle of each lies in a cell that is in use.
        """
        columns = self.width_px // self.cell_px
        middles = (boxes_px[:, :2] + boxes_px[:, 2:]) / 2
        column, row = (middles // self.cell_px).astype(int).T
        cells = row * columns + column
        is_used = (column < columns) & (cells < len(self.squares_px))
        cells = np.where(is_used, cells, 0)
        squares, corners = self.squares_px[cells], np.tile(self.corners_px[cells], 2)
        clipped = np.clip(boxes_px - corners, 0, self.cell_px)
        sides = squares[:, 2:3] - squares[:, :1]
        boxes = np.tile(squares[:, :2], 2) + clipped * sides / self.cell_px
        return boxes.astype(np.float32), is_used
