#include <c10/util/Exception.h>

#include <string>

int main() {
  // Takes a std::string, whose mangled name differs between the two ABIs.
  return c10::Error(c10::SourceLocation{__func__, __FILE__, __LINE__}, std::string("message")).msg().empty()
             ? 1
             : 0;
}
