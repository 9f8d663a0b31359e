"""Brings the styles and scripts of our npm packages to `build/web`, from where the site serves them itself.

`python -m schakel.web.build` runs after `npm ci`. Only the parts named here are taken, so that a page loads what it
uses and a part that leaves a package fails the build instead of a page.
"""

import sys
from pathlib import Path
from typing import Final

from schakel.web.maps import outlines

ROOT: Final = Path(__file__).resolve().parents[2]
PARTS: Final = (
    "document",
    "alert",
    "badge-list",
    "breadcrumb-nav",
    "button",
    "button-group",
    "checkbox",
    "code",
    "data-badge",
    "data-list",
    "form-field",
    "form-field-description",
    "form-field-error-message",
    "form-label",
    "heading-1",
    "heading-2",
    "heading-3",
    "link",
    "link-button",
    "nav-bar",
    "page-body",
    "page-footer",
    "page-header",
    "pagination",
    "paragraph",
    "radio-button",
    "select",
    "skip-link",
    "status-badge",
    "table",
    "textarea",
    "textbox",
    "unordered-list",
)
"""The Utrecht components (NL Design System) that our pages use, each one package `@utrecht/<name>-css`."""
SCRIPTS: Final = {"htmx.js": "htmx.org/dist/htmx.min.js", "cytoscape.js": "cytoscape/dist/cytoscape.min.js"}

OUTLINES: Final = "@svg-maps/netherlands/index.js"
"""The shapes of the provinces, so that no map need be asked of others while we run."""


def build(*, modules: Path, target: Path) -> list[Path]:
    """Write styles, scripts and outlines to `target` from the packages in `modules`; returns the files.

    Raises FileNotFoundError, with what to do, where a package is missing.
    """
    target.mkdir(parents=True, exist_ok=True)
    styles = target / "components.css"
    styles.write_text("\n".join(_text(modules, f"@utrecht/{part}-css/dist/index.css") for part in PARTS))
    scripts = [target / name for name in SCRIPTS]
    for script in scripts:
        script.write_text(_text(modules, SCRIPTS[script.name]))
    shapes = target / "kingdom.json"
    shapes.write_text(outlines.built(_text(modules, OUTLINES)), encoding="utf-8")
    return [styles, *scripts, shapes]


def _text(modules: Path, name: str) -> str:
    place = modules / name
    if not place.is_file():
        raise FileNotFoundError(f"{place} is missing: run `npm ci` (make setup does)")
    return place.read_text(encoding="utf-8")


def main() -> None:
    """Build from the project's own folder, and say what was made."""
    for file in build(modules=ROOT / "node_modules", target=ROOT / "build" / "web"):
        sys.stdout.write(f"{file.relative_to(ROOT)}: {file.stat().st_size:,} bytes\n")


if __name__ == "__main__":
    main()
