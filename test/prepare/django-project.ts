/** A project of Django in one file, and what a visitor does there. */

/** What a visitor types, and no log may hold. */
export const SECRET = 'hunter2';

/** The project: settings, views, addresses. */
export const DJANGO = `import os, django
from django.conf import settings
import logging_settings
settings.configure(SECRET_KEY="x" * 50, ALLOWED_HOSTS=["good.example.com"], ROOT_URLCONF="app", LOGGING=logging_settings.LOGGING,
  INSTALLED_APPS=["django.contrib.auth", "django.contrib.contenttypes", "django.contrib.sessions"],
  MIDDLEWARE=["django.middleware.common.CommonMiddleware", "django.contrib.sessions.middleware.SessionMiddleware", "django.contrib.auth.middleware.AuthenticationMiddleware"],
  SESSION_ENGINE="django.contrib.sessions.backends.signed_cookies", DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}},
  PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"])
django.setup()
import login_log
from django.contrib.auth import authenticate, login, logout
from django.http import HttpResponse
from django.urls import path
def enter(request):
    user = authenticate(request, username=request.POST["username"], password=request.POST["password"])
    if user is None: return HttpResponse("no", status=403)
    login(request, user)
    return HttpResponse("in")
def leave(request):
    logout(request)
    return HttpResponse("out")
urlpatterns = [path("login", enter), path("logout", leave)]
`;
/** A failed login, one that works, a logout, a path that is not, a host that is not allowed. */
export const DJANGO_RUN = `import app
from django.core.management import call_command
from django.contrib.auth.models import User
from django.test import Client
call_command("migrate", verbosity=0)
User.objects.create_user("kim", password="${SECRET}")
client = Client(REMOTE_ADDR="192.0.2.7", HTTP_HOST="good.example.com")
for password in ["wrong", "${SECRET}"]: client.post("/login?token=${SECRET}", {"username": "kim", "password": password})
client.get("/logout")
client.get("/nowhere?token=${SECRET}")
client.get("/login", HTTP_HOST="evil.example.org")
`;
