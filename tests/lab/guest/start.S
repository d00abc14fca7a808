/* SPDX-FileCopyrightText: Drover contributors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Entry by multiboot (QEMU's -kernel): 32-bit protected mode, paging off. Sets up a stack, its own segments and
 * the timer interrupt, then calls run() in guest.c, which never returns.
 */
    .set MAGIC, 0x1BADB002
    .set FLAGS, 0x00010002      /* address fields below are valid; tell us about memory */
    .set CODE, 0x08
    .set DATA, 0x10
    .set TIMER_VECTOR, 0x20

    .section .head, "ax"
    .globl start
header:
    .long MAGIC
    .long FLAGS
    .long -(MAGIC + FLAGS)
    .long header                /* where the header is loaded */
    .long header                /* first byte of the image */
    .long image_end
    .long bss_end
    .long start

    .text
    .code32
start:
    cli
    cld
    movl $stack_top, %esp
    lgdt gdt_pointer
    ljmp $CODE, $1f
1:  movl $DATA, %eax
    movw %ax, %ds
    movw %ax, %es
    movw %ax, %ss
    movw %ax, %fs
    movw %ax, %gs

    /* one interrupt gate, for the timer; a stray IRQ 7 or 15 is masked at the controller */
    movl $timer, %eax
    movw %ax, idt + TIMER_VECTOR * 8
    movw $CODE, idt + TIMER_VECTOR * 8 + 2
    movw $0x8E00, idt + TIMER_VECTOR * 8 + 4
    shrl $16, %eax
    movw %ax, idt + TIMER_VECTOR * 8 + 6
    lidt idt_pointer

    pushl %ebx                  /* the multiboot information */
    call run
2:  hlt
    jmp 2b

timer:
    pushl %eax
    incl ticks
    movb $0x20, %al
    outb %al, $0x20
    popl %eax
    iret

    .data
    .balign 8
gdt:
    .quad 0
    .quad 0x00CF9A000000FFFF
    .quad 0x00CF92000000FFFF
gdt_pointer:
    .word gdt_pointer - gdt - 1
    .long gdt
idt_pointer:
    .word (TIMER_VECTOR + 1) * 8 - 1
    .long idt

    .bss
    .balign 16
idt:
    .skip (TIMER_VECTOR + 1) * 8
    .balign 16
    .skip 8192
stack_top:

    .section .note.GNU-stack, "", @progbits
