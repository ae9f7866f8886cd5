"""SCIM 2.0 (RFC 7643, 7644): a company's directory makes, changes and shuts out its people, and fills its teams."""
