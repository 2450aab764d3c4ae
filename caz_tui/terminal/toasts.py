"""The seam with Textual's toasts: one that is over goes, and what holds it.

Textual removes a toast that another screen has outlived, and leaves its holder where it was, one for each, for as long
as the screen is there. What is known of its inside, watched by `tests/unit/test_untied.py`: `ToastRack.show` is told of
all notifications when one comes or goes, and names the holder of each by `_toast_id`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.widgets._toast import Toast, ToastHolder, ToastRack

if TYPE_CHECKING:
    from textual.notifications import Notifications


def tidy() -> None:
    """Let nothing stay of a toast that is over; asked for again it changes nothing."""
    ToastRack.show = _show  # type: ignore[assignment, method-assign]


def _show(rack: ToastRack, notifications: Notifications) -> None:
    wanted = {rack._toast_id(notification): notification for notification in notifications}  # noqa: SLF001
    holders = {holder.id: holder for holder in rack.query_children(ToastHolder)}
    rack.display = bool(wanted)
    for name, holder in holders.items():
        if name not in wanted:
            holder.remove()
    new = [
        ToastHolder(Toast(notification), id=name)
        for name, notification in wanted.items()
        if name not in holders and not notification.has_expired
    ]
    if new:
        rack.mount_all(new)
        rack.call_later(rack.scroll_end, animate=False, force=True)
