"""What the tasks of every model share: arguments, tables, data sets, metrics."""
