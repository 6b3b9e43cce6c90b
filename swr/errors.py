"""What can go wrong, said once: every error a client may see, with its code, status and sentence.

The management API shows ``code`` (`SVCSTG.SWR.` is its prefix), the registry ``oci``, a page the
sentence.  Raise one with a better sentence where the situation allows: ``raise NotAllowed("…")``.
"""

from http import HTTPStatus


class SwrError(Exception):
    """An error a client may see.

    ``message`` says what happened, ``advice`` what to do next; ``headers`` go out with the answer.
    """

    code = "SVCSTG.SWR.5000000"
    oci = "UNKNOWN"
    status = HTTPStatus.INTERNAL_SERVER_ERROR
    message = "Something went wrong on our side."
    advice = ""

    def __init__(
        self, message: str = "", *, advice: str = "", headers: dict[str, str] | None = None
    ) -> None:
        self.message = message or self.message
        self.advice = advice or self.advice
        self.headers = headers or {}
        super().__init__(self.message)


# --- who ---------------------------------------------------------------------------------------


class NotAuthenticated(SwrError):
    code = "SVCSTG.SWR.4010000"
    oci = "UNAUTHORIZED"
    status = HTTPStatus.UNAUTHORIZED
    message = "Authentication is required."
    advice = "Log in, for example with docker login, and try again."


class WrongCredentials(NotAuthenticated):
    message = "The user name, password or key is wrong, expired or disabled."
    advice = "Check the credentials, or generate a new login command."


class TooManyAttempts(SwrError):
    code = "SVCSTG.SWR.4031042"
    oci = "TOOMANYREQUESTS"
    status = HTTPStatus.TOO_MANY_REQUESTS
    message = "Too many failed logins."
    advice = "Wait for the time that Retry-After names, then try again."


class NotAllowed(SwrError):
    code = "SVCSTG.SWR.4039002"
    oci = "DENIED"
    status = HTTPStatus.FORBIDDEN
    message = "You do not have the permission to do this."
    advice = "Ask somebody who may manage it for a higher permission."


class NameTaken(SwrError):
    """An account, user or group of that name exists."""

    code = "SVCSTG.SWR.4000014"
    status = HTTPStatus.CONFLICT
    message = "The name is taken."
    advice = "Choose another name."


class InvalidName(SwrError):
    code = "SVCSTG.SWR.4000014"
    oci = "NAME_INVALID"
    status = HTTPStatus.BAD_REQUEST
    message = "The name is not valid."


class WeakPassword(SwrError):
    code = "SVCSTG.SWR.4000014"
    status = HTTPStatus.BAD_REQUEST
    message = "The password is too weak."


class AccountNotFound(SwrError):
    code = "SVCSTG.SWR.4001041"
    status = HTTPStatus.NOT_FOUND
    message = "There is no such account."


class UserNotFound(SwrError):
    code = "SVCSTG.SWR.4001067"
    status = HTTPStatus.NOT_FOUND
    message = "There is no such user."


class GroupNotFound(SwrError):
    code = "SVCSTG.SWR.4001067"
    status = HTTPStatus.NOT_FOUND
    message = "There is no such user group."


class TooManyAccessKeys(SwrError):
    code = "SVCSTG.SWR.4000014"
    status = HTTPStatus.BAD_REQUEST
    message = "The user has two access keys already."
    advice = "Delete one of them first."


# --- where -------------------------------------------------------------------------------------


class InvalidOrganizationName(InvalidName):
    code = "SVCSTG.SWR.4001028"
    message = "The organization name is not valid."
    advice = (
        "Use 1 to 64 lower-case letters, digits and single separators ('.', '_', '__' or dashes); "
        "begin with a letter, end with a letter or digit."
    )


class OrganizationNotFound(SwrError):
    code = "SVCSTG.SWR.4040058"
    oci = "NAME_UNKNOWN"
    status = HTTPStatus.NOT_FOUND
    message = "There is no such organization, or you may not see it."
    advice = "Check the name, or log in as a user who may see it."


class OrganizationExists(SwrError):
    code = "SVCSTG.SWR.4090060"
    oci = "DENIED"
    status = HTTPStatus.CONFLICT
    message = "The organization already exists."
    advice = "Organization names are unique in the region: choose another one."


class OrganizationNotYours(NotAllowed):
    """A push to a name that cannot be used; says the same whoever owns it."""

    code = "SVCSTG.SWR.4039001"
    message = "This organization cannot be used with your account."
    advice = (
        "The name belongs to someone else or is reserved. Push to an organization of your own, "
        "or ask whoever owns this one for the permission to write."
    )


class OrganizationTaken(OrganizationNotYours):
    """The name was free a moment ago, and another account has it now."""

    code = "SVCSTG.SWR.4090060"
    status = HTTPStatus.CONFLICT


class OrganizationQuotaExceeded(SwrError):
    code = "SVCSTG.SWR.4000097"
    oci = "DENIED"
    status = HTTPStatus.BAD_REQUEST
    message = "The maximum number of organizations has been reached."
    advice = "Delete an organization that is not needed, or ask the operator for a higher quota."


class OrganizationNotEmpty(SwrError):
    code = "SVCSTG.SWR.4060074"
    status = HTTPStatus.NOT_ACCEPTABLE
    message = "The organization cannot be deleted because there are images in it."


# --- what --------------------------------------------------------------------------------------


class InvalidRepositoryName(InvalidName):
    code = "SVCSTG.SWR.4001029"
    message = "The repository name is not valid."
    advice = (
        "Use 1 to 128 lower-case letters, digits, '/' and single separators ('.', '_', '__' or "
        "dashes) after an organization, as in organization/image; begin and end with a letter "
        "or digit."
    )


class RepositoryNotFound(SwrError):
    code = "SVCSTG.SWR.4040010"
    oci = "NAME_UNKNOWN"
    status = HTTPStatus.NOT_FOUND
    message = "There is no such repository, or you may not see it."
    advice = "Check the name, or log in as a user who may see it."


class RepositoryExists(SwrError):
    code = "SVCSTG.SWR.4090006"
    oci = "DENIED"
    status = HTTPStatus.CONFLICT
    message = "The repository already exists."


class RepositoryQuotaExceeded(SwrError):
    code = "SVCSTG.SWR.4000098"
    oci = "DENIED"
    status = HTTPStatus.BAD_REQUEST
    message = "The maximum number of repositories has been reached."
    advice = "Delete a repository that is not needed, or ask the operator for a higher quota."


class StorageQuotaExceeded(SwrError):
    code = "SVCSTG.SWR.4130025"
    oci = "DENIED"
    status = HTTPStatus.FORBIDDEN
    message = "The account's storage quota is used up."
    advice = "Delete images that are not needed, or ask the operator for a higher quota."


class DescriptionTooLong(SwrError):
    code = "SVCSTG.SWR.4131012"
    status = HTTPStatus.REQUEST_ENTITY_TOO_LARGE
    message = "The description is too long."


class GrantExists(SwrError):
    code = "SVCSTG.SWR.4090089"
    status = HTTPStatus.CONFLICT
    message = "The user has a permission already."


class OrganizationGrantExists(GrantExists):
    code = "SVCSTG.SWR.4090076"


class GrantNotFound(SwrError):
    code = "SVCSTG.SWR.4040091"
    status = HTTPStatus.NOT_FOUND
    message = "The user has no permission here."


class OrganizationGrantNotFound(GrantNotFound):
    code = "SVCSTG.SWR.4040078"


class InvalidLevel(SwrError):
    code = "SVCSTG.SWR.4001066"
    status = HTTPStatus.BAD_REQUEST
    message = "The permission is not valid."
    advice = "Use 1 (read), 3 (edit) or 7 (manage)."


class ShareExists(SwrError):
    code = "SVCSTG.SWR.4090089"
    status = HTTPStatus.CONFLICT
    message = "The repository is shared with that account already."


class ShareNotFound(SwrError):
    code = "SVCSTG.SWR.4040091"
    status = HTTPStatus.NOT_FOUND
    message = "The repository is not shared with that account."


class InvalidShare(SwrError):
    code = "SVCSTG.SWR.4000014"
    status = HTTPStatus.BAD_REQUEST
    message = "The repository cannot be shared like this."


class TooManyShares(InvalidShare):
    message = "The repository is shared with as many accounts as it can be."
    advice = "End the sharing with an account that does not need it any more."


class InvalidDigest(SwrError):
    code = "SVCSTG.SWR.4000013"
    oci = "DIGEST_INVALID"
    status = HTTPStatus.BAD_REQUEST
    message = "The digest is not valid or does not match the content."
    advice = "Send sha256:<64 hex digits> or sha512:<128 hex digits> of exactly the bytes sent."


class InvalidTag(SwrError):
    code = "SVCSTG.SWR.4009021"
    oci = "MANIFEST_INVALID"
    status = HTTPStatus.BAD_REQUEST
    message = "The tag is not valid."
    advice = (
        "Use at most 128 letters, digits, '_', '.' and '-', and begin with none of '.' and '-'."
    )


class BlobNotFound(SwrError):
    code = "SVCSTG.SWR.4041051"
    oci = "BLOB_UNKNOWN"
    status = HTTPStatus.NOT_FOUND
    message = "The repository has no such blob."
    advice = "Push the blob to this repository, or mount it from one that you may read."


class BlobInUse(SwrError):
    code = "SVCSTG.SWR.4060053"
    oci = "DENIED"
    status = HTTPStatus.CONFLICT
    message = "The blob is part of a manifest in this repository."
    advice = "Delete the manifests that name it first."


class UploadNotFound(SwrError):
    code = "SVCSTG.SWR.4040043"
    oci = "BLOB_UPLOAD_UNKNOWN"
    status = HTTPStatus.NOT_FOUND
    message = "There is no such upload: it is finished, cancelled, expired or never was."
    advice = "Start a new upload with POST."


class InvalidUpload(SwrError):
    code = "SVCSTG.SWR.4000039"
    oci = "BLOB_UPLOAD_INVALID"
    status = HTTPStatus.BAD_REQUEST
    message = "The upload request is not valid."


class UploadOutOfOrder(SwrError):
    """The chunk does not begin where the upload ends (the caller adds Range and Location)."""

    code = "SVCSTG.SWR.4000039"
    oci = "BLOB_UPLOAD_INVALID"
    status = HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE
    message = "The chunk does not begin where the upload ends."
    advice = "Ask for the upload's status with GET, and go on at the offset after Range."


class UploadBusy(SwrError):
    code = "SVCSTG.SWR.4090023"
    oci = "BLOB_UPLOAD_INVALID"
    status = HTTPStatus.CONFLICT
    message = "Another request is writing to this upload."
    advice = "Wait until it has ended, ask for the status with GET, and go on from there."


class WrongSize(SwrError):
    code = "SVCSTG.SWR.4000014"
    oci = "SIZE_INVALID"
    status = HTTPStatus.BAD_REQUEST
    message = "The length of the content is not the length that was declared."
    advice = "Ask for the upload's status with GET, and send what is missing."


class BlobTooLarge(SwrError):
    code = "SVCSTG.SWR.4130025"
    oci = "SIZE_INVALID"
    status = HTTPStatus.REQUEST_ENTITY_TOO_LARGE
    message = "The blob is larger than this registry accepts."


class StorageFull(SwrError):
    code = "SVCSTG.SWR.5070070"
    oci = "UNKNOWN"
    status = HTTPStatus.INSUFFICIENT_STORAGE
    message = "The registry's storage is full."
    advice = "What was acknowledged is kept: go on when the operator has made room."


class StorageUnavailable(SwrError):
    code = "SVCSTG.SWR.5001038"
    oci = "UNKNOWN"
    status = HTTPStatus.SERVICE_UNAVAILABLE
    message = "The registry's storage does not answer."
    advice = "Try again in a moment."


class SystemBusy(SwrError):
    code = "SVCSTG.SWR.4090023"
    oci = "TOOMANYREQUESTS"
    status = HTTPStatus.SERVICE_UNAVAILABLE
    message = "The registry is busy."
    advice = "Try again in a moment."


class NotReady(SwrError):
    """A readiness check found something; the message says what."""

    status = HTTPStatus.SERVICE_UNAVAILABLE
    message = "This part does not answer."


class ReadOnly(SwrError):
    code = "SVCSTG.SWR.4031033"
    oci = "UNSUPPORTED"
    status = HTTPStatus.SERVICE_UNAVAILABLE
    message = "The registry is in read-only mode."
    advice = "Pulls work; try to write again when the operator has ended the maintenance."


class RangeNotSatisfiable(SwrError):
    code = "SVCSTG.SWR.4000014"
    oci = "SIZE_INVALID"
    status = HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE
    message = "The range lies outside the blob."
    advice = "Ask for one range of bytes inside the blob's size, as Content-Range tells it."


class ManifestNotFound(SwrError):
    code = "SVCSTG.SWR.4041060"
    oci = "MANIFEST_UNKNOWN"
    status = HTTPStatus.NOT_FOUND
    message = "The repository has no such manifest or tag."
    advice = "List the repository's tags to see what there is."


class InvalidManifest(SwrError):
    code = "SVCSTG.SWR.4000068"
    oci = "MANIFEST_INVALID"
    status = HTTPStatus.BAD_REQUEST
    message = "The manifest is not valid."


class UnsupportedManifest(SwrError):
    code = "SVCSTG.SWR.4000069"
    oci = "MANIFEST_INVALID"
    status = HTTPStatus.UNSUPPORTED_MEDIA_TYPE
    message = "Manifests of this type are not accepted."
    advice = "Push an OCI image manifest or index, or a Docker schema 2 manifest or list."


class ManifestTooLarge(SwrError):
    code = "SVCSTG.SWR.4131001"
    oci = "SIZE_INVALID"
    status = HTTPStatus.REQUEST_ENTITY_TOO_LARGE
    message = "The manifest is larger than 4 MiB."
    advice = "Move large data into a blob and name it in the manifest."


class ManifestBlobMissing(SwrError):
    code = "SVCSTG.SWR.5001052"
    oci = "MANIFEST_BLOB_UNKNOWN"
    status = HTTPStatus.NOT_FOUND
    message = "The manifest names content that the repository does not have."
    advice = "Push the named blobs and child manifests to this repository first."


class ManifestInUse(SwrError):
    code = "SVCSTG.SWR.4060053"
    oci = "DENIED"
    status = HTTPStatus.CONFLICT
    message = "The manifest is part of an index in this repository."
    advice = "Delete the indexes that name it first."


class TooManyTags(SwrError):
    code = "SVCSTG.SWR.4000014"
    oci = "MANIFEST_INVALID"
    status = HTTPStatus.REQUEST_URI_TOO_LONG
    message = "Too many tags in one request."


class InvalidPage(SwrError):
    code = "SVCSTG.SWR.4000056"
    oci = "UNSUPPORTED"
    status = HTTPStatus.BAD_REQUEST
    message = "The page size is not valid."
    advice = "Let n be a whole number, 0 or more."


class InvalidRequest(SwrError):
    code = "SVCSTG.SWR.4000014"
    oci = "UNSUPPORTED"
    status = HTTPStatus.BAD_REQUEST
    message = "The request is not well formed."


class NotFound(SwrError):
    code = "SVCSTG.SWR.4040083"
    oci = "UNSUPPORTED"
    status = HTTPStatus.NOT_FOUND
    message = "There is nothing at this address."


class InvalidTokenRequest(SwrError):
    code = "SVCSTG.SWR.4000014"
    oci = "UNSUPPORTED"
    status = HTTPStatus.BAD_REQUEST
    message = "The token service does not understand the request."
    advice = "Send a form with grant_type password or refresh_token, or use GET."


class RequestTooLarge(SwrError):
    code = "SVCSTG.SWR.4130025"
    oci = "SIZE_INVALID"
    status = HTTPStatus.REQUEST_ENTITY_TOO_LARGE
    message = "The request is too large."


class MethodNotAllowed(SwrError):
    code = "SVCSTG.SWR.4000014"
    oci = "UNSUPPORTED"
    status = HTTPStatus.METHOD_NOT_ALLOWED
    message = "The method is not allowed here."
