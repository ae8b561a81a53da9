"""A real WordPress on loopback, from Debian's packages: MariaDB, PHP's own web server, a folder thrown away after.

Nothing of the machine's own WordPress or MariaDB is touched: program files are copied or linked into the folder, the
database has a data directory and a port of its own, and WordPress is set up by its own functions without a network.
"""

from __future__ import annotations

import atexit
import functools
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import requests

from tests.real.guard import Guarded, free_port, listens, unprivileged

SOURCE = Path("/usr/share/wordpress")
EDITOR = "bien-tap"
WORKERS = 3

_CONFIG = """<?php
define('DB_NAME', 'wordpress');
define('DB_USER', 'root');
define('DB_PASSWORD', '');
define('DB_HOST', '127.0.0.1:{database}');
define('DB_CHARSET', 'utf8mb4');
define('WP_HOME', 'http://127.0.0.1:{web}');
define('WP_SITEURL', 'http://127.0.0.1:{web}');
define('WP_ENVIRONMENT_TYPE', 'local'); // application passwords without TLS
define('WP_HTTP_BLOCK_EXTERNAL', true);
define('DISABLE_WP_CRON', true);
define('AUTOMATIC_UPDATER_DISABLED', true);
define('ABSPATH', '{place}/');
$table_prefix = 'wp_';
require_once ABSPATH . 'wp-settings.php';
"""

# An editor may write and publish; categories 2 and 3 exist, as an account's `categories` names them.
_SET_UP = """<?php
define('WP_INSTALLING', true);
$_SERVER['HTTP_HOST'] = '127.0.0.1';
require 'PLACE/wp-load.php';
require_once ABSPATH . 'wp-admin/includes/upgrade.php';
wp_install('Cổng thử', 'quan-tri', 'quan-tri@tinhmau.example', true, '', wp_generate_password(24));
update_option('permalink_structure', '/%postname%/');
flush_rewrite_rules();
wp_insert_term('Khoa học', 'category');
wp_insert_term('Chuyển đổi số', 'category');
$id = wp_insert_user(['user_login' => 'EDITOR', 'user_pass' => wp_generate_password(24), 'role' => 'editor']);
[$password] = WP_Application_Passwords::create_new_application_password($id, ['name' => 'publisher']);
fwrite(STDOUT, $password . "\\n" . get_bloginfo('version') . "\\n");
"""

_EMPTY = """<?php
$_SERVER['HTTP_HOST'] = '127.0.0.1';
require 'PLACE/wp-load.php';
$all = ['post_type' => ['post', 'attachment', 'revision'], 'post_status' => 'any,trash,auto-draft,inherit',
        'numberposts' => -1, 'fields' => 'ids', 'suppress_filters' => true];
foreach (get_posts(['post_status' => ['any', 'trash', 'auto-draft', 'inherit']] + $all) as $id) {
    wp_delete_post($id, true);
}
"""

_REVOKE = """<?php
$_SERVER['HTTP_HOST'] = '127.0.0.1';
require 'PLACE/wp-load.php';
$id = get_user_by('login', 'EDITOR')->ID;
$key = '_application_passwords_kept';
if ($argv[1] === 'revoke') {
    update_user_meta($id, $key, get_user_meta($id, '_application_passwords', true));
    WP_Application_Passwords::delete_all_application_passwords($id);
} else {
    update_user_meta($id, '_application_passwords', get_user_meta($id, $key, true));
}
"""

# PHP's server serves files that exist; every other address is WordPress' own to read.
_ROUTER = """<?php
$path = parse_url($_SERVER['REQUEST_URI'], PHP_URL_PATH);
if ($path !== '/' && is_file('PLACE' . urldecode($path))) { return false; }
$_SERVER['SCRIPT_NAME'] = '/index.php';
require 'PLACE/index.php';
"""


@functools.cache
def wordpress_site() -> WordPressSite:
    """The one site of this process; it ends with it."""
    site = WordPressSite()
    atexit.register(site.close)
    return site


class WordPressSite:
    """One site, running until `close`. `stop` and `start` are a server that goes away and comes back."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="publisher-wp-", dir="/tmp"))
        self.folder.chmod(0o755)
        self.place = self.folder / "site"
        self.database_port, self.port = free_port(), free_port()
        self._database = self._make_database()
        self._web = self._make_web()
        try:
            self._database.start(self.database_port)
            self._write_site()
            self.password, self.version = self._set_up()
            self.start()
        except BaseException:
            self.close()
            raise

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Answer again; a server that runs is left alone."""
        if not listens(self.port):
            self._web.start(self.port)

    def stop(self) -> None:
        self._web.stop()

    def close(self) -> None:
        self._web.stop()
        self._database.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    def empty(self) -> None:
        """Throw away every article and picture."""
        self._php("empty.php")

    @contextmanager
    def revoked(self) -> Iterator[None]:
        """Without the application password, as after a click of the portal's administrator."""
        self._php("revoke.php", "revoke")
        try:
            yield
        finally:
            self._php("revoke.php", "give back")

    def articles(self, *statuses: str) -> list[dict[str, Any]]:
        """Articles in any of the statuses, as the editor sees them."""
        answer = requests.get(
            f"{self.url}/wp-json/wp/v2/posts",
            params={"status": ",".join(statuses or ("publish",)), "context": "edit", "per_page": "100"},
            auth=(EDITOR, self.password),
            timeout=30,
        )
        answer.raise_for_status()
        return list(answer.json())

    def read(self, path: str) -> Any:
        """What the REST interface tells somebody who is not logged in."""
        answer = requests.get(f"{self.url}/wp-json/wp/v2/{path}", timeout=30)
        answer.raise_for_status()
        return answer.json()

    def _make_database(self) -> Guarded:
        data, scratch = self.folder / "data", self.folder / "scratch"
        scratch.mkdir()
        user = unprivileged("mysql")
        if user:
            shutil.chown(self.folder, user)
            shutil.chown(scratch, user)
        binary = shutil.which("mariadbd", path="/usr/sbin:/usr/bin") or "mariadbd"
        _run(["mariadb-install-db", "--no-defaults", f"--datadir={data}", "--skip-test-db",
              "--auth-root-authentication-method=normal"], user=user, scratch=scratch)  # fmt: skip
        return Guarded(
            [binary, "--no-defaults", f"--datadir={data}", f"--socket={self.folder}/db.sock",
             f"--tmpdir={scratch}", "--bind-address=127.0.0.1", f"--port={self.database_port}", f"--pid-file={self.folder}/db.pid",
             "--innodb-flush-log-at-trx-commit=0", "--innodb-buffer-pool-size=64M", "--skip-name-resolve"],
            log=self.folder / "database.log", user=user, remove=self.folder,
        )  # fmt: skip

    def _make_web(self) -> Guarded:
        limits = ["-d", "upload_max_filesize=16M", "-d", "post_max_size=20M", "-d", "opcache.enable_cli=1"]
        return Guarded(
            ["php", *limits, "-S", f"127.0.0.1:{self.port}", "-t", str(self.place), str(self.folder / "router.php")],
            log=self.folder / "web.log",
            user=unprivileged("www-data"),
            environment={"PHP_CLI_SERVER_WORKERS": str(WORKERS)},
        )

    def _write_site(self) -> None:
        _run(["mariadb", "--no-defaults", "-h127.0.0.1", f"-P{self.database_port}", "-uroot", "-e",
              "CREATE DATABASE wordpress CHARACTER SET utf8mb4"])  # fmt: skip
        # A copy: WordPress finds its settings beside its real files, and Debian's belong to the machine.
        shutil.copytree(SOURCE, self.place, ignore=shutil.ignore_patterns("wp-config.php", ".htaccess", "wp-content"))
        (self.place / "wp-content" / "plugins").mkdir(parents=True)
        shutil.copytree(SOURCE / "wp-content" / "themes", self.place / "wp-content" / "themes")
        config = _CONFIG.format(database=self.database_port, web=self.port, place=self.place)
        (self.place / "wp-config.php").write_text(config)
        for name, text in (
            ("set-up.php", _SET_UP),
            ("empty.php", _EMPTY),
            ("revoke.php", _REVOKE),
            ("router.php", _ROUTER),
        ):
            (self.folder / name).write_text(text.replace("PLACE", str(self.place)).replace("EDITOR", EDITOR))
        uploads = self.place / "wp-content" / "uploads"
        uploads.mkdir()
        user = unprivileged("www-data")
        if user:
            for path in (uploads, self.place / "wp-content"):
                shutil.chown(path, user)

    def _set_up(self) -> tuple[str, str]:
        password, version = self._php("set-up.php").splitlines()[-2:]
        return password, version

    def _php(self, script: str, *arguments: str) -> str:
        return _run(["php", str(self.folder / script), *arguments], user=unprivileged("www-data"))


def _run(command: list[str], *, user: str | None = None, scratch: Path = Path("/tmp")) -> str:
    # Two databases that are made at once take each other's temporary tables for their own.
    env = {"PATH": f"{os.environ['PATH']}:/usr/sbin", "LC_ALL": "C.UTF-8", "HOME": "/nonexistent"}
    done = subprocess.run(
        command, user=user, cwd="/", timeout=120, capture_output=True, text=True, env={**env, "TMPDIR": str(scratch)}
    )
    if done.returncode:
        raise RuntimeError(f"{command[0]} failed: {(done.stderr or done.stdout)[-2000:]}")
    return done.stdout
