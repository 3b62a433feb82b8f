"""The specimen book: orders of made-up people (area code 500199, stamped 样例) for every form, short, long and extreme."""
