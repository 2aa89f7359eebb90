"""Token sign-in: a token is shown once and stored hashed. Who has a second factor signs in on the pages."""

from allauth.mfa.utils import is_mfa_enabled
from django.contrib.auth import authenticate
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from knox.models import AuthToken
from rest_framework import serializers
from rest_framework.permissions import IsAuthenticated
from rest_framework.response import Response
from rest_framework.views import APIView

from marketplace.kernel.errors import DomainError


class WrongCredentials(DomainError):
    code = "wrong_credentials"
    status = 401

    def __init__(self):
        super().__init__(_("Adres e-mail lub hasło jest błędne."))


class Credentials(serializers.Serializer):
    email = serializers.EmailField(max_length=254)
    password = serializers.CharField(max_length=128, trim_whitespace=False)


class SignIn(APIView):
    authentication_classes = []
    throttle_scope = "sign_in"

    @extend_schema(request=Credentials, responses={201: dict})
    def post(self, request):
        """`{"token"}` for `Authorization: Token …`."""
        body = Credentials(data=request.data)
        body.is_valid(raise_exception=True)
        user = authenticate(
            request, username=body.validated_data["email"].lower(), password=body.validated_data["password"]
        )
        if user is None or is_mfa_enabled(user):
            raise WrongCredentials
        _row, token = AuthToken.objects.create(user)
        return Response({"token": token}, status=201)


class SignOut(APIView):
    permission_classes = [IsAuthenticated]

    @extend_schema(request=None, responses={204: None})
    def post(self, request):
        """The token this request came with stops working."""
        if request.auth is not None:
            request.auth.delete()
        return Response(status=204)
