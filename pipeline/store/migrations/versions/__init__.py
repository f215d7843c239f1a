"""One module per revision, named `vNNNN_what.py`; released ones are never changed."""
