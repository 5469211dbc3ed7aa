"""Pairs of places on the court and in the picture, and a homography that fits them better."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Alignment:
    """M points of the court and where the picture shows the line they lie on.

    Attributes:
        points_m: (M, 2) court points, metres.
        points_px: (M, 2) a point of the picture on the same line.
        normals_px: (M, 2) unit normals of the line in the picture; zero where the point itself
            is known, not only its line.
        weights: (M,) how much each pair counts.
    """

    points_m: NDArray[np.float64]
    points_px: NDArray[np.float64]
    normals_px: NDArray[np.float64]
    weights: NDArray[np.float64]


def refine_homography(
    image_to_court: NDArray[np.float64], alignment: Alignment, scale_px: float
) -> NDArray[np.float64]:
    """Improve a homography by one robust Gauss-Newton step on distances in the picture.

    Args:
        image_to_court: (3, 3) pixels to metres, close to the answer.
        alignment: what should fall where; every point in front of the camera.
        scale_px: distance at which a pair begins to lose its weight (Cauchy).

    Returns:
        (3, 3) pixels to metres, positive where the given one is.
    """
    court_to_image = np.linalg.inv(image_to_court)
    court_to_image = court_to_image / np.linalg.norm(court_to_image)
    homogeneous = np.column_stack([alignment.points_m, np.ones(len(alignment.points_m))])
    projected = homogeneous @ court_to_image.T
    found_px = projected[:, :2] / projected[:, 2:]
    scaled = homogeneous / projected[:, 2:]
    jacobian = np.zeros((len(scaled), 2, 9))
    jacobian[:, 0, 0:3] = scaled
    jacobian[:, 1, 3:6] = scaled
    jacobian[:, :, 6:9] = -found_px[:, :, None] * scaled[:, None]
    gap_px = alignment.points_px - found_px
    is_point = (alignment.normals_px == 0).all(axis=1)
    first = np.where(is_point[:, None], [1.0, 0.0], alignment.normals_px)
    matrix = np.vstack([np.einsum("mi,mij->mj", first, jacobian), jacobian[is_point, 1]])
    error = np.concatenate([(first * gap_px).sum(axis=1), gap_px[is_point, 1]])
    weights = np.concatenate([alignment.weights, alignment.weights[is_point]])
    weights = weights / (1 + (error / scale_px) ** 2)
    size = np.maximum(np.linalg.norm(matrix, axis=0), 1e-12)
    matrix = matrix / size
    # A homography has 8 degrees of freedom in 9 numbers: hold the scale still.
    along = court_to_image.ravel() * size
    along /= np.linalg.norm(along)
    square = (matrix * weights[:, None]).T @ matrix
    square += len(matrix) * np.outer(along, along) + 1e-9 * np.eye(9)
    step = np.linalg.solve(square, (matrix * weights[:, None]).T @ error) / size
    moved = court_to_image + step.reshape(3, 3)
    return np.linalg.inv(moved / np.linalg.norm(moved))
