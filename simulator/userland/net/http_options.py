"""The options of curl and wget: long names with the letters that they mean here. Those that have none and change nothing share a sign."""

from __future__ import annotations

from simulator.userland.kubectl.letters import alike, long_options

CURL = {
    **long_options(
        "silent=s show-error=S fail=f fail-with-body=f output=o remote-name=O write-out=w insecure=k location=L "
        "location-trusted=L request=X header=H data=d data-raw=d data-binary=d data-ascii=d data-urlencode=d json=d user=u "
        "head=I include=i show-headers=i verbose=v max-time=m connect-timeout=! retry=+ retry-delay=% retry-max-time=^ "
        "retry-connrefused=7 retry-all-errors=8 url=@ get=G unix-socket=U abstract-unix-socket=U user-agent=A proxy=x form=F "
        "cookie=b referer=e upload-file=T cert=E"
    ),
    **alike(":", (
        "cacert capath key key-type cert-type ciphers tls13-ciphers tls-max pass pinnedpubkey crlfile engine resolve "
        "connect-to noproxy proto proto-default proto-redir proxy-user proxy-header preproxy socks5 socks5-hostname "
        "oauth2-bearer aws-sigv4 cookie-jar dump-header netrc-file range rate limit-rate speed-limit speed-time keepalive-time "
        "max-filesize max-redirs form-string interface local-port dns-servers doh-url stderr trace trace-ascii output-dir "
        "parallel-max config url-query expect100-timeout login-options etag-save etag-compare continue-at time-cond "
        "request-target happy-eyeballs-timeout-ms"
    )),
    **alike("_", (
        "compressed no-progress-meter progress-bar globoff create-dirs no-buffer basic digest ntlm negotiate anyauth "
        "path-as-is ipv4 ipv6 http0.9 http1.0 http1.1 http2 http2-prior-knowledge http3 tlsv1 tlsv1.0 tlsv1.1 tlsv1.2 tlsv1.3 "
        "ssl ssl-reqd ssl-no-revoke ca-native netrc netrc-optional no-keepalive no-sessionid no-alpn tcp-nodelay tcp-fastopen "
        "raw disable fail-early parallel remote-header-name remote-time no-clobber styled-output post301 post302 post303 "
        "proxy-insecure cert-status trace-time"
    )),
}  # fmt: skip
WGET = {
    **long_options(
        "quiet=q output-document=O timeout=T spider=1 server-response=S tries=t header=h post-data=2 no-check-certificate=3 "
        "user-agent=U directory-prefix=P no-verbose=4 waitretry=5 retry-connrefused=6 method=7 body-data=2 continue=c "
        "connect-timeout=T read-timeout=T dns-timeout=T progress=8 show-progress=4"
    ),
    **alike("0", (
        "ca-certificate ca-directory certificate private-key certificate-type user password http-user http-password "
        "retry-on-http-error max-redirect output-file append-output load-cookies save-cookies limit-rate wait referer "
        "secure-protocol post-file body-file bind-address prefer-family cut-dirs accept reject level execute"
    )),
    **alike("9", (
        "no-proxy content-on-error inet4-only inet6-only no-cache no-cookies no-dns-cache no-hsts auth-no-challenge "
        "keep-session-cookies content-disposition trust-server-names no-directories no-host-directories no-parent recursive "
        "mirror timestamping https-only random-wait debug retry-on-host-error no-config"
    )),
}  # fmt: skip
