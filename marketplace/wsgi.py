import os

from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "marketplace.settings")
application = get_wsgi_application()
# Every page's code, before the server forks: the workers share it, and no visitor waits for it.
get_resolver().url_patterns  # noqa: B018 read for its imports
