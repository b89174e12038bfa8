"""Customer churn: set-up, features, training and validation, one module for each task."""
