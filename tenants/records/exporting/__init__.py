"""Taking records out: any list as CSV, XLSX, JSON or PDF, a whole company in one file."""
