# SPDX-FileCopyrightText: Drover contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# One place for how every target of the project is compiled.
set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_INCLUDE_CURRENT_DIR OFF)

find_program(DROVER_CCACHE ccache)
if(DROVER_CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
    set(CMAKE_CXX_COMPILER_LAUNCHER "${CMAKE_COMMAND};-E;env;CCACHE_SLOPPINESS=pch_defines,time_macros,include_file_mtime,include_file_ctime;CCACHE_BASEDIR=${CMAKE_SOURCE_DIR};CCACHE_NOHASHDIR=1;${DROVER_CCACHE}")
endif()

add_library(drover_flags INTERFACE)
target_compile_options(drover_flags INTERFACE -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Werror
    -fno-omit-frame-pointer -fstack-protector-strong)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    # -fpch-preprocess lets the compiler cache see through precompiled headers.
    target_compile_options(drover_flags INTERFACE -fpch-preprocess)
endif()
target_compile_definitions(drover_flags INTERFACE QT_NO_CAST_FROM_ASCII QT_NO_CAST_TO_ASCII QT_NO_KEYWORDS
    QT_NO_CONTEXTLESS_CONNECT QT_NO_FOREACH QT_DISABLE_DEPRECATED_BEFORE=0x060400
    DROVER_VERSION="${PROJECT_VERSION}")
target_include_directories(drover_flags INTERFACE "${CMAKE_SOURCE_DIR}")
find_program(DROVER_MOLD mold)
if(DROVER_MOLD)
    target_link_options(drover_flags INTERFACE -fuse-ld=mold)
endif()
if(DROVER_SANITIZE)
    target_compile_options(drover_flags INTERFACE -fsanitize=${DROVER_SANITIZE} -fno-sanitize-recover=all -O0
        -g1) # lines for the reports, and a quarter less work than with everything
    target_link_options(drover_flags INTERFACE -fsanitize=${DROVER_SANITIZE})
    if(DROVER_SANITIZE MATCHES "thread")
        # g++ 12 has no TSan support for atomic_thread_fence (used by libstdc++'s shared_ptr only in rare paths).
        target_compile_options(drover_flags INTERFACE -Wno-tsan)
    endif()
endif()

# drover_library(NAME FOLDER PUBLIC libs... PRIVATE libs...): a static library of every source in a folder.
function(drover_library name)
    cmake_parse_arguments(ARG "" "" "PUBLIC;PRIVATE" ${ARGN})
    file(GLOB sources CONFIGURE_DEPENDS "${CMAKE_CURRENT_SOURCE_DIR}/*.cpp" "${CMAKE_CURRENT_SOURCE_DIR}/*.h")
    add_library(${name} STATIC ${sources})
    set_target_properties(${name} PROPERTIES LINKER_LANGUAGE CXX POSITION_INDEPENDENT_CODE ON)
    target_link_libraries(${name} PUBLIC drover_flags ${ARG_PUBLIC} PRIVATE ${ARG_PRIVATE})
endfunction()

# drover_pch(NAME HEADERS...): precompiled headers, where they are wanted.
function(drover_pch name)
    if(DROVER_PCH)
        target_precompile_headers(${name} PRIVATE ${ARGN})
    endif()
endfunction()

# drover_reuse_pch(NAME): the precompiled header of core/base, for targets with the same definitions.
function(drover_reuse_pch name)
    if(DROVER_PCH)
        target_precompile_headers(${name} REUSE_FROM drover_base)
    endif()
endfunction()
