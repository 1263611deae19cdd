# tests/cli/certificates.py: certificates for servers and clients, made with openssl.
import subprocess

BOTH = "serverAuth,clientAuth"
CURVE = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes")


def openssl(*words, cwd):
    subprocess.run(["openssl", *words], cwd=cwd, check=True, stdout=subprocess.DEVNULL,
                   stderr=subprocess.DEVNULL)


def authority(folder, name):
    """NAME.pem and NAME.key, which sign others."""
    openssl("req", "-x509", *CURVE, "-keyout", f"{name}.key", "-out", f"{name}.pem",
            "-subj", f"/CN={name}", "-days", "30", cwd=folder)


def leaf(folder, name, names="", days="30", use=BOTH, authority="ca"):
    """NAME.pem and NAME.key, signed by that authority, for these addresses and names."""
    openssl("req", *CURVE, "-keyout", f"{name}.key", "-out", f"{name}.csr",
            "-subj", f"/CN={name}", cwd=folder)
    lines = [f"extendedKeyUsage={use}"] + ([f"subjectAltName={names}"] if names else [])
    (folder / f"{name}.ext").write_text("\n".join(lines) + "\n")
    openssl("x509", "-req", "-in", f"{name}.csr", "-CA", f"{authority}.pem",
            "-CAkey", f"{authority}.key", "-CAcreateserial", "-out", f"{name}.pem",
            "-extfile", f"{name}.ext", "-days", days, cwd=folder)
