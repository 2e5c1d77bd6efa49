// g++ 12 refers to __libc_single_threaded, which glibc has from 2.32 on, for one shortcut in std::shared_ptr.
// Our own, always false, lets the addon run with glibc 2.28, as LibTorch itself does.
#if defined(__linux__)
extern "C" {
__attribute__((visibility("hidden"))) extern char __libc_single_threaded;
char __libc_single_threaded = 0;
}
#endif
