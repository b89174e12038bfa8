"""What watches a served model: its captured requests as predictions, and their drift."""
