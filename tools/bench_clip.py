"""Print what a clip costs, as ratios: `python tools/bench_clip.py [campaigns/NAME.md]`."""

from __future__ import annotations

import sys
from pathlib import Path

from publisher.content.load import load_campaigns
from publisher.content.parse import Known
from publisher.render.clip_bench import bench_clip
from publisher.units import list_unit_ids, load_unit
from publisher.workspace import load_workspace

ROOT = Path(__file__).parents[1]


def main() -> int:
    workspace = load_workspace(ROOT)
    paths = [Path(name).resolve() for name in sys.argv[1:]] or sorted(workspace.campaigns.glob("*.md"))[:1]
    nothing = frozenset[str]()
    loaded = load_campaigns(paths, workspace, Known(nothing, nothing, nothing, nothing, nothing))
    units = [load_unit(workspace, unit) for unit in list_unit_ids(workspace)]
    cost = bench_clip(loaded.campaigns[0], units[0], units[-1], workspace=workspace)
    lines = (
        f"CPU against x264 alone on the same ready frames: {cost.against_encoder:.2f} x",
        f"CPU of a plain moviepy composition against ours: {cost.against_moviepy:.1f} x",
        f"CPU of one more unit against the first: {cost.next_unit:.0%}",
        f"peak memory of the process: {cost.peak_mb} MB",
    )
    sys.stdout.write("\n".join(lines) + "\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
