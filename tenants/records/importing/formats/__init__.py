"""One file for each form that records come in. All give a header and rows of cells, in a stream."""
