"""How gunicorn serves the portal: a few processes of threads, each thread with its own connection to the database."""

import os

from portal.logs import configuration

worker_class = "gthread"
workers = int(os.environ.get("WEB_WORKERS", "2"))
threads = int(os.environ.get("WEB_THREADS", "8"))
preload_app = True  # load once, share the memory
timeout = 60
graceful_timeout = 5
keepalive = 5
max_requests = 20_000
max_requests_jitter = 2_000
control_socket_disable = True
logconfig_dict = configuration(
    format=os.environ.get("PORTAL_LOG_FORMAT", "plain"),
    level=os.environ.get("PORTAL_LOG_LEVEL", "INFO"),
    access=os.environ.get("WEB_ACCESS_LOG", "0") == "1",
)
# Behind a proxy only its own word counts about who asks and how.
forwarded_allow_ips = os.environ.get("FORWARDED_ALLOW_IPS", "127.0.0.1,::1")
