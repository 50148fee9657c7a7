"""How static files are stored for an installation."""

from whitenoise.storage import CompressedManifestStaticFilesStorage


class StaticFiles(CompressedManifestStaticFilesStorage):
    """Compressed, with a hash in each name: browsers keep them for good, upgrades arrive at once.

    Our scripts import one another by those names too. An import map would do without, but it is
    an inline script, which the content security policy forbids.
    """

    # Enough for the deepest chain of imports, in whatever order the files are read.
    max_post_process_passes = 10
    # Not support_js_module_import_aggregation: it reads the scripts of every app, and takes what
    # stands in the comments of one (`import("../htmx")` in django_htmx) for a missing file.
    patterns = (
        *CompressedManifestStaticFilesStorage.patterns,
        (
            "js/*.js",
            (
                (r"""(?P<matched>\bfrom\s*["'](?P<url>\..*?)["'])""", 'from "%(url)s"'),
                (r"""(?P<matched>\bimport\s*["'](?P<url>\..*?)["'])""", 'import "%(url)s"'),
            ),
        ),
    )
