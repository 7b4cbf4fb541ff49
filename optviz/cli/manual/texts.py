"""The page of titles, labels and other words: mathematics, dollar signs, lengths, letters."""

from __future__ import annotations

import textwrap

from optviz.cli.tables import WIDTH
from optviz.scenario.fields import LONGEST_WORDS
from optviz.words import LONGEST_LABEL

_PAGE = r"""Texts

title, label, lesson and the text of captions and pauses are drawn as written,
with mathematics between dollar signs:

  title: Adam with $\beta_1 = 0.9$ on $x^2 + \frac{y}{2}$
  label: costs $5

@A pair of dollar signs holds mathematics if no blank stands inside next to either
of them, no digit follows the second, and what is between them can be set (a large
part of LaTeX's mathematics; no packages). Every other dollar sign is one, as in
costs $5, $5 and $6, or $\foo$, which nobody knows. \$ always is one; in double
quotes YAML wants "\\$" and "$\\beta_1$".

@Films and stills draw it so in every format. Files of words and numbers (.txt .json
.csv .npz), titles in metadata and of pages, and the terminal hold a text as it was
written.

@A title is drawn whole: in one line, in two, then in more that are smaller; so are
captions, lessons and what a pause says. Each may have {longest} characters, a label
{label}. A label is shortened where there is no room for it, before its mathematics, never in
the middle of it. A line break or a tab is a blank.

@All other words of a picture, its lesson and its description are said in the
scenario's language: en, de, es or fr. Single ones are replaced by the English
words, which optviz list words prints with all languages; what stands in braces
there is filled in.

  language: de
  words:
    inside since: drin ab
    "{some} of {all}": "{some} aus {all}"

@Data, messages, the pictures of comparisons, the controls of a page and what racers
are called stay as they are. Decimal points stay points.

@render: font: names an installed family, text: large or a factor sets the size of
all words and marks. Letters that the font (DejaVu Sans) lacks are taken from an installed one. Those
that no font has are drawn as ?, and optviz race and optviz check say so in one
sentence. Right-to-left scripts and combining marks are set as Matplotlib sets them
(joined and in order from 3.11 on).
"""


def text() -> str:
    """Return the page."""
    paragraphs = _PAGE.replace("{longest}", str(LONGEST_WORDS)).replace("{label}", str(LONGEST_LABEL)).split("\n\n")
    return "\n\n".join(textwrap.fill(one[1:], WIDTH) if one.startswith("@") else one for one in paragraphs)
