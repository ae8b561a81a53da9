"""The sample campaigns as full-size clips: minutes of work, so only in `make test-all`."""

from __future__ import annotations

import itertools
import json
import os
import subprocess
import sys
from collections import deque
from pathlib import Path

import av
import cv2
import pytest

from publisher.content.load import load_campaigns
from publisher.content.parse import Known
from publisher.render import clip, led
from publisher.render.base import RenderJob
from publisher.units import load_unit
from publisher.workspace import load_workspace
from tests.unit.clip_sample import ROOT, workspace_at

SAMPLES = sorted((ROOT / "campaigns").glob("*.md"))


def job_for(sample: Path, folder: Path, *formats: str, **options: str) -> RenderJob:
    root = workspace_at(folder)
    (root / "campaigns").symlink_to(ROOT / "campaigns", target_is_directory=True)
    workspace = load_workspace(root)
    loaded = load_campaigns([root / "campaigns" / sample.name], workspace, Known())
    unit = load_unit(workspace, "tinh-mau")
    return RenderJob(loaded.campaigns[0], unit, workspace, folder / "out", formats, options=options)


@pytest.mark.slow
@pytest.mark.parametrize("sample", SAMPLES, ids=lambda path: path.stem)
def test_a_sample_campaign_becomes_a_reel(sample: Path, tmp_path: Path) -> None:
    """Under Zalo's 50 MB, inside 15 to 60 s, every frame decodable, the joints without a gap, its code to be taken."""
    video = clip.render(job_for(sample, tmp_path, "reel"))[0]
    assert (video.width, video.height) == (1080, 1920)
    assert 15 <= video.duration_s <= 60
    assert video.bytes < 50_000_000
    with av.open(str(video.path)) as container:
        stamps, last = list[int](), deque[av.VideoFrame](maxlen=75)
        for frame in container.decode(video=0):
            stamps.append(frame.pts)
            last.append(frame)
    # For 2.5 s, on a screen half as sharp as the film.
    for frame in list(last)[::15]:
        small = cv2.resize(frame.to_ndarray(format="gray"), None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)
        assert cv2.QRCodeDetector().detectAndDecode(small)[0] == "https://truyenthong.tinhmau.example"
    assert len(stamps) == round(video.duration_s * 30)
    assert {b - a for a, b in itertools.pairwise(stamps)} == {512}


@pytest.mark.slow
@pytest.mark.parametrize("sample", SAMPLES, ids=lambda path: path.stem)
def test_a_sample_campaign_fits_every_shape_and_wall(sample: Path, tmp_path: Path) -> None:
    job = job_for(sample, tmp_path, "square", "wide", seconds="20")
    assert [a.format for a in clip.render(job) if a.role == "video"] == ["square", "wide"]
    narrow = RenderJob(job.campaign, job.unit, job.workspace, job.out, options={"size": "960x256"})
    assert led.render(narrow)[0].duration_s > 0


MEASURED = """
import json, re, resource, sys
from pathlib import Path
from publisher.render import clip
from tests.acceptance.test_full_clip import ROOT, SAMPLES, job_for
clip.render(job_for(SAMPLES[0], Path(sys.argv[1]), "reel", seconds="15"))
# Of its own life only: getrusage counts what the process was before it became this program, too.
ours = int(re.search(r"VmHWM:\\s+(\\d+)", Path("/proc/self/status").read_text())[1])
encoder = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
print(json.dumps([ours // 1024, encoder // 1024]))
"""
MOST_MB = 400


@pytest.mark.slow
def test_neither_the_clip_nor_its_encoder_needs_more_than_400_mb(tmp_path: Path) -> None:
    """450 frames have 1.4 GB: they are handed on one by one and never kept."""
    here = {**os.environ, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-c", MEASURED, str(tmp_path)]
    done = subprocess.run(command, cwd=ROOT, env=here, capture_output=True, text=True, check=True)
    ours, encoder = json.loads(done.stdout.splitlines()[-1])
    assert 50 < ours < MOST_MB
    assert 50 < encoder < MOST_MB
