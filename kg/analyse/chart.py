"""The matrix as a PNG, by matplotlib (extra ``charts``)."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

from kg.analyse.page import clean, words
from kg.errors import KgError
from kg.table import needs

if TYPE_CHECKING:
    from kg.analyse.matrix import Matrix

#: Families that have Chinese characters, the first that is installed is taken.
FONTS = (
    "Noto Sans CJK SC",
    "Noto Sans CJK JP",
    "Noto Sans SC",
    "Source Han Sans SC",
    "Source Han Sans CN",
    "PingFang SC",
    "Microsoft YaHei",
    "SimHei",
    "WenQuanYi Zen Hei",
    "WenQuanYi Micro Hei",
    "Arial Unicode MS",
    "Noto Serif CJK SC",
    "Noto Serif CJK JP",
)


def png(matrix: Matrix) -> bytes:
    """Draw the matrix; the same matrix, fonts and matplotlib give the same bytes.

    Raises KgError where matplotlib or a font with Chinese characters is missing.
    """
    figure_module = needs("matplotlib.figure", "charts")
    needs("matplotlib.backends.backend_agg", "charts")
    import matplotlib as mpl

    rows, columns = len(matrix.places), len(matrix.topics)
    with mpl.rc_context({"font.family": [_font()], "axes.unicode_minus": False}):
        figure = figure_module.Figure(
            figsize=(2.6 + 0.34 * max(columns, 4), 2.4 + 0.3 * max(rows, 2)), dpi=150
        )
        _draw(figure.add_subplot(), matrix)
        figure.tight_layout()
        out = io.BytesIO()
        figure.savefig(out, format="png", metadata={"Software": None})
    return out.getvalue()


def _draw(axes: Any, matrix: Matrix) -> None:
    from matplotlib.colors import ListedColormap
    from matplotlib.patches import Rectangle

    values = [list(row[3:]) for row in matrix.cells()]
    if values and matrix.topics:
        shades = ("#ffffff", "#dbe8f5", "#b3cfe9", "#7fadd8", "#2f6ba8", "#173f6b")
        axes.imshow(
            [[matrix.shade(v or 0) for v in row] for row in values],
            cmap=ListedColormap(shades),
            vmin=-0.5,
            vmax=5.5,
            aspect="equal",
        )
    for y, row in enumerate(values):
        for x, value in enumerate(row):
            if value is None:
                axes.add_patch(
                    Rectangle(
                        (x - 0.5, y - 0.5), 1, 1, hatch="////", facecolor="#fbfbfc",
                        edgecolor="#c3ccd6", linewidth=0,
                    )
                )  # fmt: skip
            elif value:
                ink = "#ffffff" if matrix.shade(value) > 3 else "#17202b"
                axes.text(x, y, str(value), ha="center", va="center", fontsize=7, color=ink)
    axes.set_xticks(
        range(len(matrix.topics)),
        [_plain(t.label(matrix.lang), 26) for t in matrix.topics],
        rotation=90,
        fontsize=8,
    )
    axes.set_yticks(
        range(len(matrix.places)), [_plain(p.name, 16) for p in matrix.places], fontsize=8
    )
    axes.xaxis.tick_top()
    axes.tick_params(length=0)
    axes.set_title(words()[matrix.lang]["matrix"], fontsize=10)


def _plain(text: str, length: int) -> str:
    """Shorten a label; matplotlib reads ``$`` as the start of a formula."""
    return clean(text, length).replace("$", r"\$")


def _font() -> str:
    from matplotlib.font_manager import fontManager

    installed = {font.name for font in fontManager.ttflist}
    for name in FONTS:
        if name in installed:
            return name
    raise KgError(
        "no font with Chinese characters is installed, which a PNG needs",
        hint="install one (Debian: fonts-noto-cjk), or use --format svg",
    )
