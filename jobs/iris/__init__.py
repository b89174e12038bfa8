"""Iris end to end: ingestion, training, evaluation, approval, deployment and batch inference."""
