"""受理, one file per step: applicant, items, materials, form, confirm, receipt; notice for what is missing."""
