"""Turn formulas' graphs into code, one module a target language; ``straight_line`` is what they share."""
