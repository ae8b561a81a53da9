"""`channels send-test`: a piece that says of itself that it is a test, and that no reader gets to see by surprise."""

from __future__ import annotations

from publisher.channels.base import Account, Prepared, Rejected
from publisher.channels.registry import connect
from publisher.channels.secrets import Secrets
from publisher.cli.context import Context
from publisher.cli.stock import open_store
from publisher.engine.accounts import sandbox_address
from publisher.engine.trial import make_trial
from publisher.errors import UsageError


def send_test(account: Account, context: Context, *, publish: bool, person: str) -> int:
    """Prepare the test piece as far as nobody sees it; with `publish`, hand it in for approval like any piece."""
    writer = context.person(person) if publish else None
    delivery = make_trial(account, context.workspace, now=context.clock.now())
    channel = connect(
        account, secrets=Secrets.from_environment(), folder=context.workspace.state, sandbox=sandbox_address()
    )
    wrong = channel.fit(delivery.post)
    if wrong:
        raise UsageError(f"{account.path}: the test piece does not fit: {'; '.join(wrong)}")
    if writer is None:
        return prepare_only(account, context, channel.prepare(delivery.post, {}))
    with open_store(context) as store:
        store.add([delivery], author=writer.id, now=context.clock.now())
        store.submit([delivery.id], by=writer.id, now=context.clock.now())
    readers = "" if sandbox_address() else context.words(" Người đọc THẬT sẽ thấy nó.", " REAL readers will see it.")
    context.say(
        f"{delivery.id}: chờ duyệt.{readers} Người khác duyệt: publisher approve {delivery.id} --as TÊN; "
        f"rồi publisher run; gỡ: publisher queue withdraw {delivery.id} --as TÊN.",
        f"{delivery.id}: in review.{readers} Another person approves: publisher approve {delivery.id} --as NAME; "
        f"then publisher run; take it back: publisher queue withdraw {delivery.id} --as NAME.",
    )
    context.give({"id": delivery.id, "state": "in_review", "public": not sandbox_address()})
    return 0


def prepare_only(account: Account, context: Context, done: object) -> int:
    """Tell how far the piece came; nothing of it is public, and the queue knows nothing of it."""
    if isinstance(done, Prepared):
        steps = len(done.handles)
        context.say(
            f"{account.name}: đã chuẩn bị bài thử ({steps} bước), không ai thấy được. Đăng thật: thêm --publish.",
            f"{account.name}: the test piece is prepared ({steps} steps), nobody can see it. To send it: --publish.",
        )
        context.give({"account": account.name, "prepared": True, "handles": sorted(done.handles), "public": False})
        return 0
    reason = getattr(done, "reason", "no answer")
    context.err.print(f"{account.name}: {reason}", style="red", markup=False)
    context.give({"account": account.name, "prepared": False, "reason": reason, "public": False})
    return 4 if isinstance(done, Rejected) and "_env" in reason else 1
