"""`channels login`: a person gives consent in a browser, or enters secrets unseen; both end where secrets are kept."""

from __future__ import annotations

import getpass
import sys
from collections.abc import Mapping

from publisher.channels.base import Account, Rejected, Retry
from publisher.channels.consent import Consent, Question
from publisher.channels.registry import consent_of, kinds, refine_secret
from publisher.channels.secrets import Secret, Secrets, is_printable
from publisher.cli.context import Context
from publisher.cli.listening import Listener, is_local
from publisher.engine.accounts import sandbox_address
from publisher.errors import CredentialsError


def log_in(account: Account, context: Context, *, paste: bool) -> None:
    """Have the account's secrets renewed and kept. Raises CredentialsError; no value is ever shown."""
    secrets = Secrets.from_environment()
    if not account.secrets:
        context.say(f"{account.name}: không cần đăng nhập.", f"{account.name}: needs no login.")
        return
    if hasattr(kinds()[account.kind], "ask_consent"):
        enter_missing(account, secrets, context)
        consent = consent_of(account, secrets=secrets, folder=context.workspace.state, sandbox=sandbox_address())
        assert consent is not None  # noqa: S101 - its kind has ask_consent
        keep_all(account, give_consent(consent, account, context, paste=paste), secrets, context)
        return
    # What a token is exchanged with comes before the token.
    for name in sorted(account.secrets, key=lambda name: name == "token"):
        enter(account, name, secrets, context)


def enter_missing(account: Account, secrets: Secrets, context: Context) -> None:
    """What the exchange itself needs and nobody has set yet."""
    for name, variable in account.secrets.items():
        if name != "refresh_token" and secrets.find(variable) is None:
            enter(account, name, secrets, context)


def enter(account: Account, name: str, secrets: Secrets, context: Context) -> None:
    """One secret, typed unseen; an empty line keeps what is set."""
    variable, remedy = account.secrets[name], kinds()[account.kind].SECRETS[name]
    context.say(f"{variable}: {remedy}", f"{variable}: {remedy}")
    value = read_hidden(f"{variable} (Enter: giữ nguyên / keep): ").strip()
    if value:
        keep_all(account, {name: refine(account, name, Secret(variable, value), secrets, context)}, secrets, context)
    elif secrets.find(variable) is None:
        raise CredentialsError(f"{account.path}: the variable {variable} is not set. {remedy}")


def refine(account: Account, name: str, given: Secret, secrets: Secrets, context: Context) -> str:
    """What is kept of it. Raises CredentialsError when the service refuses it; nothing is kept then."""
    if not is_printable(given.reveal()):
        raise CredentialsError(f"{given.variable}: holds a line break or a letter no token has. Nothing was kept.")
    folder, sandbox = context.workspace.state, sandbox_address()
    kept = refine_secret(account, name, given, secrets=secrets, folder=folder, sandbox=sandbox)
    if not isinstance(kept, str):
        raise CredentialsError(f"{account.path}: {kept.reason}")
    return kept


def read_hidden(words: str) -> str:
    """A line that is not shown on the terminal; from a pipe, the next line of it."""
    if sys.stdin.isatty():
        return getpass.getpass(words)
    return sys.stdin.readline()


def keep_all(account: Account, values: Mapping[str, str], secrets: Secrets, context: Context) -> None:
    for name, value in values.items():
        variable = Secret(account.secrets[name], value).variable
        place = secrets.keep(variable, value)
        context.say(f"{variable}: đã cất vào {place}.", f"{variable}: kept in {place}.")


def give_consent(consent: Consent, account: Account, context: Context, *, paste: bool) -> Mapping[str, str]:
    """Show the address to open, wait for the answer, exchange its code. Raises CredentialsError."""
    listening = not paste and is_local(consent.redirect)
    if not listening and not consent.redirect:
        raise CredentialsError(f"{account.path}: this consent comes back to this machine; leave --paste out.")
    if not listening:
        answered = ask_pasted(consent, Question(consent.redirect), context)
    else:
        with Listener(consent.redirect) as listener:
            question = Question(listener.address)
            show_address(consent.address(question), context)
            answered = (question, listener.wait())
    question, address = answered
    code = question.read_code(address)
    given = code if isinstance(code, Rejected) else consent.exchange(code, question)
    if isinstance(given, Rejected | Retry):
        raise CredentialsError(f"{account.path}: {given.reason}")
    return given


def ask_pasted(consent: Consent, question: Question, context: Context) -> tuple[Question, str]:
    show_address(consent.address(question), context)
    context.say(
        "Đồng ý xong, dán cả địa chỉ mà trình duyệt được dẫn tới:",
        "After agreeing, paste the whole address the browser was led to:",
    )
    return question, read_hidden("")


def show_address(address: str, context: Context) -> None:
    """The address is data: whoever has the right to agree opens it."""
    context.say("Mở địa chỉ này trong trình duyệt và đồng ý:", "Open this address in a browser and agree:")
    context.show(address)
    context.give({"open": address})
