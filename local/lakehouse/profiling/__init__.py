"""Data profiling: what a monitor measures of a table, and where it writes it.

Meant to be like Databricks' metric tables, as far as they are documented:
https://learn.microsoft.com/azure/databricks/data-quality-monitoring/data-profiling/monitor-output
"""
