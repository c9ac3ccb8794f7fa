/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Why something failed, in words: the sentence that becomes fwmarkAgentLastError. */
#ifndef BASE_WHY_H
#define BASE_WHY_H

struct why {
	char s[512];
};

/**
 * why_set - keep a sentence and pass an error code on
 * @why: where to keep it, NULL to drop it
 * @err: a negative errno
 * @fmt: the sentence, without a trailing full stop or newline
 *
 * The sentence is cut at the size of the buffer, and shown as text_show() shows texts.
 * Returns: @err, so that callers write "return why_set(why, -EINVAL, ...)".
 */
int why_set(struct why *why, int err, const char *fmt, ...) __attribute__((format(printf, 3, 4)));

/**
 * why_undo - keep the sentence of a failure whose undo failed, too
 * @why: why the SET failed; gets the sentence of @undo added; NULL to drop both
 * @undo: why the undo failed
 *
 * Returns: -ENOTRECOVERABLE.
 */
int why_undo(struct why *why, const struct why *undo);

#endif
