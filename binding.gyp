{
  "targets": [
    {
      "target_name": "dl_trade",
      "type": "none",
      "actions": [
        {
          "action_name": "cmake-js",
          "message": "Building the addon with cmake-js",
          "inputs": ["CMakeLists.txt"],
          "outputs": ["build/cmake/Release/dl_trade.node"],
          "action": ["npx", "cmake-js", "compile", "--out", "build/cmake"],
        }
      ]
    }
  ]
}
