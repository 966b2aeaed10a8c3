; Arithmetic that the compiler's library does too slowly: a turn of a battle is reckoned within a frame.
	.module sums

	hCounter = 0xFF9B		; hMathBuffer in Red

	.area _CODE

; DE: value, BC: factor, on the stack: divisor (0 counts as 1). BC: value times factor by divisor, at most FFFF.
_scaled::
	call	product
	push	hl
	ldhl	sp, #4
	ld	a, (hl+)
	ld	b, (hl)
	ld	c, a
	pop	hl
	or	a, b
	jr	nz, check_size
	inc	c
check_size:				; the quotient has 16 bits if the upper half is smaller than the divisor
	ld	a, l
	sub	a, c
	ld	a, h
	sbc	a, b
	jr	c, fits
	ld	bc, #0xFFFF
	jr	scaled_done
fits:
	call	quotient
	ld	b, d
	ld	c, e
scaled_done:
	pop	hl
	pop	de
	jp	(hl)

; DE times BC into HL and DE.
product:
	ld	hl, #0
	ld	a, d
	and	a
	jr	z, product_of_byte
	srl	d
	rr	e
	ld	a, #16
multiply:				; the product comes in from the left, the value leaves to the right
	jr	nc, multiply_shift
	add	hl, bc
multiply_shift:
	rr	h
	rr	l
	rr	d
	rr	e
	dec	a
	jr	nz, multiply
	ret
product_of_byte:
	srl	e
	ld	a, #8
multiply_byte:
	jr	nc, multiply_byte_shift
	add	hl, bc
multiply_byte_shift:
	rr	h
	rr	l
	rr	d
	rr	e
	dec	a
	jr	nz, multiply_byte
	ld	e, d
	ld	d, l
	ld	l, h
	ld	h, a
	ret

; HL and DE by BC, which is greater than HL, into DE.
quotient:
	ld	a, h
	or	a, l
	jr	nz, divide_sixteen
	ld	a, b			; a leading byte of 0 gives one: it need not be turned
	and	a
	jr	nz, divide_eight
	ld	a, d
	cp	a, c
	jr	nc, divide_sixteen
divide_eight:
	ld	l, d
	ld	d, e
	ld	e, h
	ld	a, #8
	jr	divide
divide_sixteen:
	ld	a, #16
divide:					; HL: remainder, DE: the rest of the product leaves, the quotient comes
	ldh	(hCounter), a
	sla	e
	rl	d
	rl	l
	rl	h
	jr	c, divide_take
	ld	a, h
	cp	a, b
	jr	c, divide_next
	jr	nz, divide_take
	ld	a, l
	cp	a, c
	jr	c, divide_next
divide_take:
	ld	a, l
	sub	a, c
	ld	l, a
	ld	a, h
	sbc	a, b
	ld	h, a
	inc	e
divide_next:
	ldh	a, (hCounter)
	dec	a
	jr	nz, divide
	ret

; DE: where to, BC and a byte on the stack: a number of 24 bits. Writes its six decimal digits in three bytes.
_decimal::
	ldhl	sp, #2
	ld	a, (hl)
	push	de
	ld	d, a
	ld	hl, #0
	ld	e, h
	ld	a, #24
	inc	d			; a leading byte of 0 need not be turned
	dec	d
	jr	nz, decimal_bit
	ld	d, b
	ld	b, c
	ld	c, e
	ld	a, #16
	inc	d
	dec	d
	jr	nz, decimal_bit
	ld	d, b
	ld	b, e
	ld	a, #8
decimal_bit:				; the number leaves D, B and C; H, L and E are doubled digit by digit
	ldh	(hCounter), a
	sla	c
	rl	b
	rl	d
	ld	a, e
	adc	a, a
	daa
	ld	e, a
	ld	a, l
	adc	a, a
	daa
	ld	l, a
	ld	a, h
	adc	a, a
	daa
	ld	h, a
	ldh	a, (hCounter)
	dec	a
	jr	nz, decimal_bit
	pop	bc
	ld	a, h
	ld	(bc), a
	inc	bc
	ld	a, l
	ld	(bc), a
	inc	bc
	ld	a, e
	ld	(bc), a
	pop	hl
	inc	sp
	jp	(hl)

; DE: where to, A: value, on the stack: how many bytes.
_fill::
	ldhl	sp, #2
	ld	c, (hl)
	inc	hl
	ld	b, (hl)
	ld	h, d
	ld	l, e
	srl	b			; four at a time, then what is left over
	rr	c
	jr	nc, fill_even
	ld	(hl+), a
fill_even:
	srl	b
	rr	c
	jr	nc, fill_fours
	ld	(hl+), a
	ld	(hl+), a
fill_fours:
	inc	b
	inc	c
	jr	fill_test
fill_loop:
	ld	(hl+), a
	ld	(hl+), a
	ld	(hl+), a
	ld	(hl+), a
fill_test:
	dec	c
	jr	nz, fill_loop
	dec	b
	jr	nz, fill_loop
	pop	hl
	pop	bc
	jp	(hl)

; DE: three bytes of decimal digits, BC: three that are added to them. A: 1 if there are more than six digits now.
_add_decimal::
	ld	hl, #2
	add	hl, bc
	ld	b, h
	ld	c, l
	ld	hl, #2
	add	hl, de
	ld	a, (bc)
	add	a, (hl)
	daa
	ld	(hl-), a
	dec	bc
	ld	a, (bc)
	adc	a, (hl)
	daa
	ld	(hl-), a
	dec	bc
	ld	a, (bc)
	adc	a, (hl)
	daa
	ld	(hl), a
	ld	a, #0
	adc	a, a
	ret
