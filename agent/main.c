/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A placeholder that links: the daemon itself stands in agent/app. */
int main(void)
{
	return 0;
}
