"""Run unattended: the inbox, scheduled exports, and mail about both."""
