# The PyPI wheels' exported *__rosidl_generator_py targets name the Python include
# directory of the machine that built them. Point them at this Python's instead,
# once every package has been found.
function(semg_point_targets_at_this_python)
  get_property(targets DIRECTORY PROPERTY IMPORTED_TARGETS)
  foreach(target IN LISTS targets)
    if(NOT target MATCHES "__rosidl_generator_py$")
      continue()
    endif()
    get_target_property(directories ${target} INTERFACE_INCLUDE_DIRECTORIES)
    list(FILTER directories EXCLUDE REGEX "^/opt/python/")
    list(APPEND directories ${Python3_INCLUDE_DIRS})
    set_target_properties(${target} PROPERTIES INTERFACE_INCLUDE_DIRECTORIES "${directories}")
  endforeach()
endfunction()
cmake_language(DEFER CALL semg_point_targets_at_this_python)
