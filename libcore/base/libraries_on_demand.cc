// base/libraries_on_demand.cc: OpenSSL and zlib, loaded when one of their functions is first
// called. OpenSSL's start-up (40,000 relocations) takes longer than all else that a short command
// does, and most commands of a plain cluster call neither. They stay shared libraries, so that
// their security updates reach us.
//
// Each function below is a jump through a slot. The slot first leads to a piece of code that keeps
// the arguments, has Load put the function's address into the slot, and goes there. A function that
// is missing from the lists is an undefined reference when a program is linked.
#include <dlfcn.h>
#include <openssl/opensslv.h>
#include <unistd.h>

#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <iterator>

// clang-format off
#define CAIRN_OPENSSL_FUNCTIONS(F) \
  F(ASN1_STRING_to_UTF8) F(BIO_ctrl) F(BIO_free) F(BIO_free_all) F(BIO_new) F(BIO_new_bio_pair) \
  F(BIO_new_connect) F(BIO_new_mem_buf) F(BIO_new_ssl_connect) F(BIO_puts) F(BIO_read) \
  F(BIO_s_mem) F(BIO_test_flags) F(BIO_write) F(CRYPTO_free) F(CRYPTO_get_ex_new_index) \
  F(EC_KEY_free) F(EC_KEY_new_by_curve_name) F(ENGINE_by_id) F(ENGINE_ctrl_cmd_string) \
  F(ENGINE_free) F(ENGINE_init) F(ENGINE_load_private_key) F(ENGINE_set_default) \
  F(ERR_clear_error) F(ERR_error_string_n) F(ERR_get_error) F(ERR_print_errors) \
  F(EVP_CIPHER_CTX_ctrl) F(EVP_CIPHER_CTX_free) F(EVP_CIPHER_CTX_new) F(EVP_DecryptFinal_ex) \
  F(EVP_DecryptInit_ex) F(EVP_DecryptUpdate) F(EVP_Digest) F(EVP_DigestFinal_ex) \
  F(EVP_DigestInit_ex) F(EVP_DigestSignFinal) F(EVP_DigestSignInit) F(EVP_DigestSignUpdate) \
  F(EVP_DigestUpdate) F(EVP_EncryptFinal_ex) F(EVP_EncryptInit_ex) F(EVP_EncryptUpdate) \
  F(EVP_MD_CTX_free) F(EVP_MD_CTX_new) F(EVP_PKEY_cmp) F(EVP_PKEY_free) F(EVP_PKEY_new) \
  F(EVP_PKEY_set1_RSA) F(EVP_aes_128_gcm) F(EVP_aes_256_gcm) F(EVP_sha1) F(EVP_sha256) \
  F(GENERAL_NAME_free) F(HMAC) F(HMAC_CTX_free) F(HMAC_CTX_new) F(HMAC_Final) F(HMAC_Init_ex) \
  F(HMAC_Update) F(OPENSSL_init_crypto) F(OPENSSL_init_ssl) F(OPENSSL_sk_new_null) \
  F(OPENSSL_sk_num) F(OPENSSL_sk_pop_free) F(OPENSSL_sk_push) F(OPENSSL_sk_value) \
  F(PEM_read_bio_PrivateKey) F(PEM_read_bio_RSAPrivateKey) F(PEM_read_bio_X509) \
  F(PEM_read_bio_X509_AUX) F(PEM_write_bio_X509) F(RSA_free) F(SHA256_Final) F(SHA256_Init) \
  F(SHA256_Update) F(SSL_CTX_callback_ctrl) F(SSL_CTX_check_private_key) F(SSL_CTX_ctrl) \
  F(SSL_CTX_free) F(SSL_CTX_get_cert_store) F(SSL_CTX_get_ex_data) \
  F(SSL_CTX_load_verify_locations) F(SSL_CTX_new) F(SSL_CTX_sess_set_new_cb) \
  F(SSL_CTX_set_alpn_protos) F(SSL_CTX_set_alpn_select_cb) F(SSL_CTX_set_cert_store) \
  F(SSL_CTX_set_cipher_list) F(SSL_CTX_set_client_CA_list) F(SSL_CTX_set_default_verify_paths) \
  F(SSL_CTX_set_ex_data) F(SSL_CTX_set_keylog_callback) F(SSL_CTX_set_next_proto_select_cb) \
  F(SSL_CTX_set_next_protos_advertised_cb) F(SSL_CTX_set_options) \
  F(SSL_CTX_set_session_id_context) F(SSL_CTX_set_verify) F(SSL_CTX_use_PrivateKey) \
  F(SSL_CTX_use_PrivateKey_file) F(SSL_CTX_use_certificate) \
  F(SSL_CTX_use_certificate_chain_file) F(SSL_SESSION_free) F(SSL_ctrl) F(SSL_do_handshake) \
  F(SSL_free) F(SSL_get0_alpn_selected) F(SSL_get0_next_proto_negotiated) F(SSL_get0_param) \
  F(SSL_get1_peer_certificate) F(SSL_get_SSL_CTX) F(SSL_get_error) F(SSL_get_peer_cert_chain) \
  F(SSL_get_rbio) F(SSL_get_servername) F(SSL_is_init_finished) F(SSL_new) F(SSL_read) \
  F(SSL_session_reused) F(SSL_set1_host) F(SSL_set_SSL_CTX) F(SSL_set_accept_state) \
  F(SSL_set_bio) F(SSL_set_connect_state) F(SSL_set_info_callback) F(SSL_set_session) \
  F(SSL_state_string) F(SSL_state_string_long) F(SSL_write) F(TLS_client_method) F(TLS_method) \
  F(X509_NAME_ENTRY_get_data) F(X509_NAME_dup) F(X509_NAME_free) F(X509_NAME_get_entry) \
  F(X509_NAME_get_index_by_NID) F(X509_NAME_print_ex) F(X509_STORE_CTX_get_error) \
  F(X509_STORE_add_cert) F(X509_STORE_free) F(X509_STORE_get0_param) \
  F(X509_STORE_load_locations) F(X509_STORE_new) F(X509_STORE_set_flags) \
  F(X509_STORE_set_verify_cb) F(X509_STORE_up_ref) F(X509_VERIFY_PARAM_set1_ip_asc) \
  F(X509_VERIFY_PARAM_set_flags) F(X509_check_private_key) F(X509_free) F(X509_get_ext_d2i) \
  F(X509_get_pubkey) F(X509_get_subject_name) F(d2i_SSL_SESSION) F(i2d_SSL_SESSION)
#define CAIRN_ZLIB_FUNCTIONS(F) \
  F(deflate) F(deflateEnd) F(deflateInit2_) F(inflate) F(inflateEnd) F(inflateInit2_)
// clang-format on

#define CAIRN_COMMA_NAME(name) "," #name
#define CAIRN_NAME_COMMA(name) #name,
#define CAIRN_TEXT_OF(macro) CAIRN_TEXT(macro)
#define CAIRN_TEXT(text) #text

namespace {

constexpr const char* kZlibNames[] = {CAIRN_ZLIB_FUNCTIONS(CAIRN_NAME_COMMA)};
constexpr const char* kNames[] = {CAIRN_OPENSSL_FUNCTIONS(CAIRN_NAME_COMMA)
                                      CAIRN_ZLIB_FUNCTIONS(CAIRN_NAME_COMMA)};
constexpr size_t kFirstOfZlib = std::size(kNames) - std::size(kZlibNames);
constexpr const char* kCrypto = "libcrypto.so." CAIRN_TEXT_OF(OPENSSL_SHLIB_VERSION);
constexpr const char* kSsl = "libssl.so." CAIRN_TEXT_OF(OPENSSL_SHLIB_VERSION);

void* Open(const char* library, const char* purpose) {
  void* const handle = dlopen(library, RTLD_NOW | RTLD_LOCAL);
  if (handle != nullptr) return handle;
  // Called from within C code that can't fail so: there is nobody to give a status to.
  std::fprintf(stderr, "Error: %s (needed for %s)\n", dlerror(), purpose);
  std::_Exit(1);
}

}  // namespace

// Names of the assembly below.
extern "C" {
extern void* cairn_library_slots[];
__attribute__((used)) void* cairn_library_load(size_t index);
}

void* cairn_library_load(size_t index) {
  void* function = nullptr;
  if (index >= kFirstOfZlib) {
    static void* const zlib = Open("libz.so.1", "compression");
    function = dlsym(zlib, kNames[index]);
  } else {
    static void* const crypto = Open(kCrypto, "checksums and TLS");
    function = dlsym(crypto, kNames[index]);
    if (function == nullptr) {
      static void* const ssl = Open(kSsl, "TLS");
      function = dlsym(ssl, kNames[index]);
    }
  }
  if (function == nullptr) {
    std::fprintf(stderr, "Error: no library has %s\n", kNames[index]);
    std::_Exit(1);
  }
  __atomic_store_n(&cairn_library_slots[index], function, __ATOMIC_RELAXED);
  return function;
}

// System V ABI: arguments are in rdi, rsi, rdx, rcx, r8, r9, xmm0 to xmm7 (al: how many, for "...")
// and on the stack, which is left as it is.
asm(R"(
  .section .data.cairn_library_slots, "aw"
  .p2align 3
  .globl cairn_library_slots
  .hidden cairn_library_slots
cairn_library_slots:
  .text
  .set cairn_library_index, 0
  .irp name)" CAIRN_OPENSSL_FUNCTIONS(CAIRN_COMMA_NAME) CAIRN_ZLIB_FUNCTIONS(CAIRN_COMMA_NAME) R"(
  .globl \name
  .hidden \name
  .type \name, @function
  .p2align 4
\name:
  jmp *cairn_library_slots+8*cairn_library_index(%rip)
cairn_library_first_\name:
  pushq $cairn_library_index
  jmp cairn_library_first
  .size \name, . - \name
  .section .data.cairn_library_slots, "aw"
  .quad cairn_library_first_\name
  .text
  .set cairn_library_index, cairn_library_index + 1
  .endr

  .type cairn_library_first, @function
  .p2align 4
cairn_library_first:
  pushq %rdi
  pushq %rsi
  pushq %rdx
  pushq %rcx
  pushq %r8
  pushq %r9
  pushq %rax
  subq $136, %rsp
  movups %xmm0, 0(%rsp)
  movups %xmm1, 16(%rsp)
  movups %xmm2, 32(%rsp)
  movups %xmm3, 48(%rsp)
  movups %xmm4, 64(%rsp)
  movups %xmm5, 80(%rsp)
  movups %xmm6, 96(%rsp)
  movups %xmm7, 112(%rsp)
  movq 192(%rsp), %rdi
  call cairn_library_load
  movq %rax, %r11
  movups 0(%rsp), %xmm0
  movups 16(%rsp), %xmm1
  movups 32(%rsp), %xmm2
  movups 48(%rsp), %xmm3
  movups 64(%rsp), %xmm4
  movups 80(%rsp), %xmm5
  movups 96(%rsp), %xmm6
  movups 112(%rsp), %xmm7
  addq $136, %rsp
  popq %rax
  popq %r9
  popq %r8
  popq %rcx
  popq %rdx
  popq %rsi
  popq %rdi
  addq $8, %rsp
  jmp *%r11
  .size cairn_library_first, . - cairn_library_first
)");
