"""Where a measured server answers without any of our code."""

PATH = "/floor/item"
