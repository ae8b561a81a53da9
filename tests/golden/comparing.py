"""Pictures against recorded ones: how far they may differ, and what is kept when they differ more."""

from __future__ import annotations

import os
from pathlib import Path

import cv2
import numpy as np

RECORD = os.environ.get("PUBLISHER_GOLDEN") == "record"
KEPT = Path("var") / "golden"
SIDE = 16  # of a tile in pixels


def differences(got: np.ndarray, want: np.ndarray) -> tuple[float, float]:
    """Mean difference of all pixels, and of the tile that differs most, 0…255."""
    far = np.abs(got.astype(float) - want.astype(float)).mean(axis=2)
    height, width = (max(SIDE, side // SIDE * SIDE) for side in far.shape)
    far = np.pad(far, [(0, max(0, SIDE - far.shape[0])), (0, max(0, SIDE - far.shape[1]))])[:height, :width]
    tiles = far.reshape(height // SIDE, SIDE, width // SIDE, SIDE).mean(axis=(1, 3))
    return float(far.mean()), float(tiles.max())


def keep_difference(got: np.ndarray, want: np.ndarray, name: str) -> Path:
    """Write got, want and their difference side by side; gives the path."""
    height, width = (max(a, b) for a, b in zip(got.shape[:2], want.shape[:2], strict=True))
    both = [
        cv2.copyMakeBorder(p, 0, height - p.shape[0], 0, width - p.shape[1], cv2.BORDER_CONSTANT, value=(255, 0, 255))
        for p in (got, want)
    ]
    KEPT.mkdir(parents=True, exist_ok=True)
    path = KEPT / name
    cv2.imwrite(str(path), np.hstack([*both, cv2.absdiff(*both)]))
    return path
