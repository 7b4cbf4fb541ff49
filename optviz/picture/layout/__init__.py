"""The page: its grid, its figure, its colours."""
