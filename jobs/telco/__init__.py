"""Telco churn: set-up, featurization, training and transition, one module for each task."""
