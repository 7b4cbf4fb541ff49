"""The recipes: a scenario is run, judged, drawn and written."""
