"""查询: the list of cases, one case to read, its applicant in full on demand."""
